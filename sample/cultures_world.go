package sample

func worldwide() []culture {
	return []culture{
		{
			weight: 4, language: "tr", domain: "mynet.com",
			given:   names("İbrahim=ibrahim, Ayşe=ayse, Işıl=isil, Çağla=cagla, Gökhan=gokhan, Şule=sule, Oğuz=oguz"),
			family:  names("Yılmaz=yilmaz, Öztürk=ozturk, Çelik=celik, Şahin=sahin, Aydın=aydin, Ünal=unal, Işık=isik"),
			streets: []string{"Atatürk Caddesi No: #", "İstiklal Cd. #"},
			places: []place{
				{"İstanbul", "TR", "Europe/Istanbul", "TRY", "+90", "34###", 41.0082, 28.9784},
				{"Ankara", "TR", "Europe/Istanbul", "TRY", "+90", "06###", 39.9334, 32.8597},
			},
		},
		{
			weight: 5, language: "ar", domain: "maktoob.com",
			given:   names("محمد=mohammed, فاطمة=fatima, أحمد=ahmed, ليلى=layla, يوسف=yousef, نور=nour, عبد الرحمن=abdulrahman, مريم=maryam"),
			family:  names("الحسيني=alhusseini, النجار=alnajjar, حداد=haddad, المصري=almasri, بن علي=benali, خوري=khoury, القاسم=alqasim"),
			streets: []string{"# شارع النيل", "# شارع الملك فهد"},
			places: []place{
				{"القاهرة", "EG", "Africa/Cairo", "EGP", "+20", "115##", 30.0444, 31.2357},
				{"دبي", "AE", "Asia/Dubai", "AED", "+971", "00000", 25.2048, 55.2708},
				{"الدار البيضاء", "MA", "Africa/Casablanca", "MAD", "+212", "20###", 33.5731, -7.5898},
			},
		},
		{
			weight: 2, language: "he", domain: "walla.co.il",
			given:   names("דוד=david, שרה=sarah, יעל=yael, משה=moshe, נועה=noa, איתן=eitan"),
			family:  names("כהן=cohen, לוי=levi, בן-דוד=bendavid, פרידמן=friedman, מזרחי=mizrahi, שפירא=shapira"),
			streets: []string{"רחוב הרצל #", "שדרות רוטשילד #"},
			places:  []place{{"תל אביב", "IL", "Asia/Jerusalem", "ILS", "+972", "61#####", 32.0853, 34.7818}},
		},
		{
			weight: 2, language: "fa", domain: "chmail.ir",
			given:   names("علی=ali, زهرا=zahra, رضا=reza, شیرین=shirin, کیان=kian, پریسا=parisa"),
			family:  names("محمدی=mohammadi, حسینی=hosseini, کریمی=karimi, رضایی=rezaei, گل\u200cمحمدی=golmohammadi, پهلوان=pahlavan"),
			streets: []string{"خیابان ولیعصر #", "کوچه گل #"},
			places:  []place{{"تهران", "IR", "Asia/Tehran", "IRR", "+98", "11#######", 35.6892, 51.3890}},
		},
		{
			weight: 5, language: "hi", domain: "rediffmail.com",
			given:   names("आरव=aarav, प्रिया=priya, राहुल=rahul, अनन्या=ananya, विक्रम=vikram, दीपिका=deepika, संजय=sanjay"),
			family:  names("शर्मा=sharma, वर्मा=verma, गुप्ता=gupta, सिंह=singh, अय्यर=iyer, चौधरी=chaudhary, मिश्रा=mishra"),
			streets: []string{"# महात्मा गांधी मार्ग", "# MG Road"},
			places: []place{
				{"मुंबई", "IN", "Asia/Kolkata", "INR", "+91", "4000##", 19.0760, 72.8777},
				{"दिल्ली", "IN", "Asia/Kolkata", "INR", "+91", "1100##", 28.7041, 77.1025},
			},
		},
		{
			weight: 2, language: "ta", domain: "rediffmail.com",
			given:   names("கார்த்திக்=karthik, மீனா=meena, அருண்=arun, லட்சுமி=lakshmi, முருகன்=murugan, தமிழ்ச்செல்வி=tamilselvi"),
			family:  names("சுப்பிரமணியன்=subramanian, ராமசாமி=ramasamy, குமார்=kumar, நடராஜன்=natarajan, பாண்டியன்=pandian"),
			streets: []string{"# அண்ணா சாலை", "# Mount Road"},
			places:  []place{{"சென்னை", "IN", "Asia/Kolkata", "INR", "+91", "6000##", 13.0827, 80.2707}},
		},
		{
			weight: 2, language: "bn", domain: "yahoo.com",
			given:   names("রবীন্দ্র=rabindra, সুমাইয়া=sumaiya, আরিফ=arif, তানিয়া=tania, শেখর=shekhar"),
			family:  names("চট্টোপাধ্যায়=chattopadhyay, রহমান=rahman, দাস=das, খাতুন=khatun, হোসেন=hossain"),
			streets: []string{"# গুলশান এভিনিউ", "# মিরপুর রোড"},
			places:  []place{{"ঢাকা", "BD", "Asia/Dhaka", "BDT", "+880", "12##", 23.8103, 90.4125}},
		},
		{
			weight: 8, language: "zh-Hans", domain: "qq.com",
			given:   names("小明=xiaoming, 伟=wei, 芳=fang, 秀英=xiuying, 子涵=zihan, 浩然=haoran, 雨桐=yutong, 建国=jianguo, 丽娜=lina"),
			family:  names("王=wang, 李=li, 张=zhang, 刘=liu, 陈=chen, 欧阳=ouyang, 赵=zhao, 黄=huang, 司马=sima"),
			streets: []string{"人民路#号", "中山北路#号", "长安街#号"},
			places: []place{
				{"北京", "CN", "Asia/Shanghai", "CNY", "+86", "1000##", 39.9042, 116.4074},
				{"上海", "CN", "Asia/Shanghai", "CNY", "+86", "2000##", 31.2304, 121.4737},
				{"台北", "TW", "Asia/Taipei", "TWD", "+886", "10###", 25.0330, 121.5654},
				{"Singapore", "SG", "Asia/Singapore", "SGD", "+65", "0#####", 1.3521, 103.8198},
			},
		},
		{
			weight: 5, language: "ja", domain: "docomo.ne.jp",
			given:   names("太郎=taro, 花子=hanako, さくら=sakura, 翔太=shota, 美咲=misaki, ケンジ=kenji, 陽菜=hina, 健一=kenichi"),
			family:  names("佐藤=sato, 鈴木=suzuki, 高橋=takahashi, 田中=tanaka, 渡邉=watanabe, 伊藤=ito, 𠮷田=yoshida, 小林=kobayashi"),
			streets: []string{"本町#丁目", "銀座#-4-2", "梅田#丁目"},
			places: []place{
				{"東京", "JP", "Asia/Tokyo", "JPY", "+81", "10#-####", 35.6762, 139.6503},
				{"大阪", "JP", "Asia/Tokyo", "JPY", "+81", "53#-####", 34.6937, 135.5023},
			},
		},
		{
			weight: 4, language: "ko", domain: "naver.com",
			given:   names("민준=minjun, 서연=seoyeon, 지우=jiwoo, 하은=haeun, 도윤=doyun, 수빈=subin, 예준=yejun"),
			family:  names("김=kim, 이=lee, 박=park, 최=choi, 정=jung, 강=kang, 남궁=namgung"),
			streets: []string{"테헤란로 #", "세종대로 #"},
			places: []place{
				{"서울", "KR", "Asia/Seoul", "KRW", "+82", "0####", 37.5665, 126.9780},
				{"부산", "KR", "Asia/Seoul", "KRW", "+82", "4####", 35.1796, 129.0756},
			},
		},
		{
			weight: 3, language: "vi", domain: "yahoo.com.vn",
			given:   names("Thị Hương=huong, Văn Đức=duc, Minh Anh, Ngọc Ánh=ngocanh, Quốc Bảo=quocbao, Thùy Dương=thuyduong"),
			family:  names("Nguyễn=nguyen, Trần=tran, Lê=le, Phạm=pham, Đặng=dang, Võ=vo, Bùi=bui"),
			streets: []string{"# Đường Lê Lợi", "# Phố Huế"},
			places: []place{
				{"Hà Nội", "VN", "Asia/Ho_Chi_Minh", "VND", "+84", "10####", 21.0285, 105.8542},
				{"Thành phố Hồ Chí Minh", "VN", "Asia/Ho_Chi_Minh", "VND", "+84", "70####", 10.8231, 106.6297},
			},
		},
		{
			weight: 2, language: "th", domain: "hotmail.co.th",
			given:   names("สมชาย=somchai, มาลี=malee, ณัฐพงษ์=nattapong, พิมพ์ชนก=pimchanok, อนันต์=anan"),
			family:  names("ศรีสุข=srisuk, วงศ์สวัสดิ์=wongsawat, แสงทอง=saengthong, ใจดี=jaidee, บุญมี=boonmee"),
			streets: []string{"# ถนนสุขุมวิท", "# ถนนสีลม"},
			places:  []place{{"กรุงเทพมหานคร", "TH", "Asia/Bangkok", "THB", "+66", "10##0", 13.7563, 100.5018}},
		},
		{
			weight: 3, language: "id", domain: "yahoo.co.id",
			given:   names("Budi, Siti, Dewi, Agus, Putri, I Gusti, Nurul"),
			family:  names("Santoso, Wijaya, Rahayu, Siregar, Hutapea, Ngurah Rai, Kusuma"),
			streets: []string{"Jl. Sudirman No. #", "Jl. Merdeka #"},
			places:  []place{{"Jakarta", "ID", "Asia/Jakarta", "IDR", "+62", "10###", -6.2088, 106.8456}},
		},
		{
			weight: 3, language: "yo", domain: "yahoo.com",
			given:   names("Adébáyọ̀=adebayo, Ọmọ́ladé=omolade, Chukwuemeka, Ngọzi=ngozi, Títílayọ̀=titilayo, Kwame, Amina"),
			family:  names("Adéyẹmí=adeyemi, Okonkwo, Ọládélé=oladele, Mensah, Eze, Abubakar, Ògúnbándé=ogunbande"),
			streets: []string{"# Broad Street", "# Awolowo Road"},
			places: []place{
				{"Lagos", "NG", "Africa/Lagos", "NGN", "+234", "10####", 6.5244, 3.3792},
				{"Accra", "GH", "Africa/Accra", "GHS", "+233", "GA-###", 5.6037, -0.1870},
			},
		},
		{
			weight: 2, language: "am", domain: "ethionet.et",
			given:   names("አበበ=abebe, ሰላም=selam, ዳዊት=dawit, ሀና=hana, ተስፋዬ=tesfaye"),
			family:  names("በቀለ=bekele, ገብረማርያም=gebremariam, ታደሰ=tadesse, አለሙ=alemu"),
			streets: []string{"ቦሌ መንገድ #", "Churchill Avenue #"},
			places:  []place{{"አዲስ አበባ", "ET", "Africa/Addis_Ababa", "ETB", "+251", "1###", 9.0054, 38.7636}},
		},
		{
			weight: 1, language: "ka", domain: "mail.ge",
			given:   names("გიორგი=giorgi, ნინო=nino, ლევან=levan, მარიამ=mariam"),
			family:  names("ბერიძე=beridze, კაპანაძე=kapanadze, ლომიძე=lomidze, ჯაფარიძე=japaridze"),
			streets: []string{"რუსთაველის გამზირი #"},
			places:  []place{{"თბილისი", "GE", "Asia/Tbilisi", "GEL", "+995", "01##", 41.7151, 44.8271}},
		},
		{
			weight: 1, language: "haw", domain: "hawaii.rr.com",
			given:   names("Kalani, Leilani, Keoni, Nāmaka=namaka, Māhealani=mahealani"),
			family:  names("Kahananui, Keawe, Kaʻaihue=kaaihue, Nāwahīokalaniʻōpuʻu=nawahiokalaniopuu"),
			streets: []string{"# Kalākaua Avenue", "# Aliʻi Drive"},
			places:  []place{{"Honolulu", "US", "Pacific/Honolulu", "USD", "+1", "968##", 21.3069, -157.8583}},
		},
	}
}
